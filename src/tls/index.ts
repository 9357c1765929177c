/** Certificates of the TLS surfaces: from files that may change, or self-signed for local use. */
export { type Certificate, CertificateError, checkCertificate, expiryOf } from './certificate.ts'
export { type CertificateFiles, certificateFiles } from './files.ts'
export { selfSignedCertificate } from './self-signed.ts'
export { fixedCertificate, type TlsCertificate } from './source.ts'
