-- Authentication for Prosody 0.12: asks mrdian over HTTP whether a name and a password belong together.

local async = require "util.async";
local base64 = require "util.encodings".base64.encode;
local http = require "net.http";
local new_sasl = require "util.sasl".new;

local url = assert(module:get_option_string("mrdian_accounts_url"), "mrdian_accounts_url is missing");

local provider = {};

-- 204: the password is right. 401: it is wrong, or the account is locked. Any other answer is an error and refuses the sign-in.
function provider.test_password(username, password)
	local wait, done = async.waiter();
	local status;
	http.request(url, {
		method = "GET";
		headers = { Authorization = "Basic " .. base64(username .. ":" .. password) };
	}, function (_, code)
		status = code;
		done();
	end);
	wait();
	if status == 204 then return true; end
	if status ~= 401 then module:log("error", "mrdian cannot be asked for accounts: %s", tostring(status)); end
	return nil, "Not authorized";
end

function provider.get_sasl_handler()
	return new_sasl(module.host, {
		plain_test = function (_, username, password)
			return provider.test_password(username, password), true;
		end;
	});
end

-- Only mrdian knows which users exist. Prosody does not need to know it.
function provider.user_exists() return true; end
function provider.users() return function () end; end
function provider.set_password() return nil, "Passwords are kept in the directory of mrdian"; end
function provider.create_user() return nil, "Accounts are kept in the directory of mrdian"; end
function provider.delete_user() return nil, "Accounts are kept in the directory of mrdian"; end

module:provides("auth", provider);
