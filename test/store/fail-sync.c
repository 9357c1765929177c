/*
 * Preloaded into a process. While the file named by FAIL_SYNC exists, every sync fails with EIO. While the file named
 * by HANG_SYNC exists, every sync waits.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void hanging(void) {
  const char *flag = getenv("HANG_SYNC");
  while (flag != NULL && access(flag, F_OK) == 0) usleep(10000);
}

static int failing(void) {
  hanging();
  const char *flag = getenv("FAIL_SYNC");
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  errno = EIO;
  return 1;
}

int fsync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return failing() ? -1 : next(descriptor);
}

int fdatasync(int descriptor) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return failing() ? -1 : next(descriptor);
}
