-- Prosody 0.12 as the notification service of mrdian. `mrdian xmpp-setup prosody` writes this file and those that it
-- names; the README of this folder tells how to run it.

data_path = "@folder@/data"
pidfile = "@folder@/prosody.pid"
plugin_paths = { "@folder@/modules" }
log = { { levels = { min = "info" }; to = "console" } }

-- Agents see the presence of this account, which sees that of all agents; agents do not see each other.
mrdian_user = "@user@"

-- Passwords and lock-outs are kept by mrdian, and asked for there. Only PLAIN is possible then, as with Finesse.
authentication = "mrdian"
mrdian_accounts_url = "@accounts@"

interfaces = { "@host@" }
c2s_ports = { @port@ }
http_interfaces = { "@host@" }
http_ports = { @httpPort@ }
https_ports = {}
http_default_host = "@domain@"
http_paths = { bosh = "/http-bind"; websocket = "/ws" }
http_cors_override = { bosh = { enabled = true }; websocket = { enabled = true } }
-- How long a browser may be silent until its session is over.
bosh_max_inactivity = 60

-- Nothing is encrypted: for this machine, or behind something that ends TLS. For TLS in Prosody itself set these to
-- false, false, false and true, add "tls" to the modules, and give a certificate: https://prosody.im/doc/certificates
allow_unencrypted_plain_auth = true
consider_bosh_secure = true
consider_websocket_secure = true
c2s_require_encryption = false

-- What clients of Finesse need, and no more. Left out on purpose: smacks (its counts and those of some clients differ),
-- offline, mam and pep (notifications are of the moment), limits (they would slow the publisher down), s2s.
modules_enabled = {
	"roster", "saslauth", "disco", "ping", "posix", "bosh", "websocket", "mrdian_roster",
}
modules_disabled = { "s2s", "offline", "pep" }

-- A dialog with many call variables is large.
c2s_stanza_size_limit = 2 * 1024 * 1024
-- A silent connection is asked for a sign of life, and closed if there is none (notifications.md 10).
network_settings = { read_timeout = 60 }

VirtualHost "@domain@"

Component "pubsub.@domain@" "pubsub"
	-- Makes the nodes and publishes; nobody else may.
	admins = { "@user@@@domain@" }
