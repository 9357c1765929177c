-- Prosody 0.12 as the notification service of mrdian. `mrdian xmpp-setup prosody` writes this file and those that it
-- names. The README in src/xmpp/external explains how to run it.

data_path = "@folder@/data"
pidfile = "@folder@/prosody.pid"
plugin_paths = { "@folder@/modules" }
log = { { levels = { min = "info" }; to = "console" } }

-- Agents see the presence of this account, and this account sees that of all agents. Agents do not see each other.
mrdian_user = "@user@"

-- mrdian keeps passwords and lock-outs, and Prosody asks it for each sign-in. This works with PLAIN only, as with Finesse.
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
-- Seconds that a browser may be silent before its session ends.
bosh_max_inactivity = 60

-- Nothing is encrypted: for use on this machine, or behind a proxy that terminates TLS. For TLS in Prosody itself set these
-- to false, false, false and true, add "tls" to the modules, and give a certificate: https://prosody.im/doc/certificates
allow_unencrypted_plain_auth = true
consider_bosh_secure = true
consider_websocket_secure = true
c2s_require_encryption = false

-- Only what clients of Finesse need. Left out on purpose: smacks (it counts stanzas differently from some clients),
-- offline, mam and pep (old notifications are useless), limits (it would slow the publisher down), s2s.
modules_enabled = {
	"roster", "saslauth", "disco", "ping", "posix", "bosh", "websocket", "mrdian_roster",
}
modules_disabled = { "s2s", "offline", "pep" }

-- A dialog with many call variables is large.
c2s_stanza_size_limit = 2 * 1024 * 1024
-- A silent connection is pinged, and closed if it does not answer (notifications.md 10).
network_settings = { read_timeout = 60 }

VirtualHost "@domain@"

Component "pubsub.@domain@" "pubsub"
	-- Only this account may create nodes and publish.
	admins = { "@user@@@domain@" }
