#!/bin/sh
# Run this once while ejabberd runs, as root or as the user ejabberd. It may be run again.
# Agents see the presence of @user@, and @user@ sees that of all agents. Agents do not see each other.
set -e
ctl() { ejabberdctl --ctl-config "@folder@/ejabberdctl.cfg" "$@"; }
ctl started
ctl srg_create publisher @domain@ Publisher "the account of mrdian" agents
ctl srg_create agents @domain@ Agents "everybody" publisher
ctl srg_user_add @user@ @domain@ publisher @domain@
ctl srg_user_add @all@ @domain@ agents @domain@
ctl srg_user_add @online@ @domain@ agents @domain@
