#!/bin/sh
# Run once, while ejabberd runs, as root or as the user ejabberd; again does no harm.
# Agents see the presence of @user@, which sees that of all agents; agents do not see each other.
set -e
ejabberdctl started
ejabberdctl srg_create publisher @domain@ Publisher "the account of mrdian" agents
ejabberdctl srg_create agents @domain@ Agents "everybody" publisher
ejabberdctl srg_user_add @user@ @domain@ publisher @domain@
ejabberdctl srg_user_add @all@ @domain@ agents @domain@
ejabberdctl srg_user_add @online@ @domain@ agents @domain@
