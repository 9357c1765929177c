#!/bin/sh
# Run once, while ejabberd runs, as root or as the user ejabberd; again does no harm.
# Agents see the presence of @user@, which sees that of all agents; agents do not see each other.
set -e
ctl() { ejabberdctl --ctl-config "@folder@/ejabberdctl.cfg" "$@"; }
ctl started
ctl srg_create publisher @domain@ Publisher "the account of mrdian" agents
ctl srg_create agents @domain@ Agents "everybody" publisher
ctl srg_user_add @user@ @domain@ publisher @domain@
ctl srg_user_add @all@ @domain@ agents @domain@
ctl srg_user_add @online@ @domain@ agents @domain@
