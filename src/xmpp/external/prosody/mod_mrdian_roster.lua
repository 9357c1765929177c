-- Roster of all accounts, for Prosody 0.12: the account of mrdian and each other account see each other's presence. Other
-- accounts do not see each other. The roster is built at each sign-in, so no list of users is needed and nothing is stored.

local host = module.host;
local publisher = assert(module:get_option_string("mrdian_user"), "mrdian_user is missing"):lower();
local users = prosody.hosts[host].sessions;

local function address(username)
	return username .. "@" .. host;
end

local function share(roster, username)
	roster[address(username)] = { subscription = "both", groups = {}, persist = false };
	-- Clients must not cache this roster.
	if roster[false] then roster[false].version = true; end
end

module:hook("resource-bind", function (event)
	local session = event.session;
	if session.username == publisher then
		for username in pairs(users) do
			if username ~= publisher then share(session.roster, username); end
		end
		return;
	end
	share(session.roster, publisher);
	local there = users[publisher];
	if there and there.roster then share(there.roster, session.username); end
end);
