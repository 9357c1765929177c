-- The roster that everybody has, for Prosody 0.12: the account of mrdian and everybody else see each other's presence;
-- nobody else sees anybody. It follows whoever signs in, so that there is no list of users here, and nothing is stored.

local host = module.host;
local publisher = assert(module:get_option_string("mrdian_user"), "mrdian_user is missing"):lower();
local users = prosody.hosts[host].sessions;

local function address(username)
	return username .. "@" .. host;
end

local function share(roster, username)
	roster[address(username)] = { subscription = "both", groups = {}, persist = false };
	-- No client may keep it for the next time.
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
