#include "sandbox/practice.h"

#include "base/mem.h"

const struct practice_number PRACTICE_NUMBERS[] = {
	{
		.name = "Practice 1: new number",
		.phone_number = "+12025550101",
		.key = "practice-key-1-new",
		.note = "Set SIP up from nothing.",
		.settings = "{\"calling\":{\"status\":\"DISABLED\"}}",
	},
	{
		.name = "Practice 2: SIP with DTLS",
		.phone_number = "+12025550102",
		.key = "practice-key-2-dtls",
		.note = "Change its server, or try SDES.",
		.settings =
			"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\","
			"\"callback_permission_status\":\"ENABLED\",\"sip\":{\"status\":"
			"\"ENABLED\","
			"\"servers\":[{\"hostname\":\"sip.bakery.example\",\"port\":5061,"
			"\"app_id\":1234567890123456}]}},"
			"\"payload_encryption\":{\"status\":\"DISABLED\"}}",
	},
	{
		.name = "Practice 3: SIP with SDES",
		.phone_number = "+12025550103",
		.key = "practice-key-3-sdes",
		.note = "Has request-URI parameters.",
		.settings =
			"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\","
			"\"callback_permission_status\":\"DISABLED\",\"sip\":{\"status\":"
			"\"ENABLED\","
			"\"servers\":[{\"hostname\":\"edge.clinic.example\",\"port\":5061,"
			"\"request_uri_user_params\":{\"tgrp\":\"front-desk\","
			"\"trunk-context\":\"clinic.example\"},\"app_id\":9007199254740993}]},"
			"\"srtp_key_exchange_protocol\":\"SDES\"}}",
	},
	{
		.name = "Practice 4: calling paused",
		.phone_number = "+447700900104",
		.key = "practice-key-4-paused",
		.note = "Paused for its quality.",
		.settings = "{\"calling\":{\"status\":\"DISABLED\",\"call_icon_visibility\":"
			    "\"DEFAULT\","
			    "\"sip\":{\"status\":\"DISABLED\",\"servers\":[{\"hostname\":"
			    "\"voice.outlet.example\",\"port\":5061,\"app_id\":1234567890123456}]},"
			    "\"restrictions\":{\"restrictions_list\":[{\"type\":"
			    "\"RESTRICTED_USER_INITIATED_CALLING\",\"reason\":\"Low call quality: "
			    "too many calls from users were not answered.\","
			    "\"expiration\":1924991999}]}}}",
	},
	{
		.name = "Practice 5: another app",
		.phone_number = "+447700900105",
		.key = "practice-key-5-other-app",
		.note = "Another app's server is on it.",
		.settings =
			"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\","
			"\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
			"\"old-pbx.agency.example\",\"port\":\"5061\","
			"\"app_id\":\"4503599627370497\"}]}}}",
	},
	{
		.name = "Practice 6: low limit",
		.phone_number = "+447700900106",
		.key = "practice-key-6-limit",
		.note = "Too low a limit for calling.",
		.settings = "{\"calling\":{\"status\":\"DISABLED\"}}",
	},
	{
		.name = "Practice 7: call hours",
		.phone_number = "+12025550107",
		.key = "practice-key-7-hours",
		.note = "Has call hours and voicemail.",
		.settings =
			"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DISABLE_"
			"ALL\","
			"\"call_icons\":{\"restrict_to_user_countries\":[\"US\",\"CA\"]},"
			"\"call_hours\":{\"status\":\"ENABLED\",\"timezone_id\":\"America/"
			"New_York\","
			"\"weekly_operating_hours\":["
			"{\"day_of_week\":\"MONDAY\",\"open_time\":\"0900\",\"close_time\":"
			"\"1200\"},"
			"{\"day_of_week\":\"MONDAY\",\"open_time\":\"1300\",\"close_time\":"
			"\"1700\"},"
			"{\"day_of_week\":\"FRIDAY\",\"open_time\":\"0900\",\"close_time\":"
			"\"1500\"}],"
			"\"holiday_schedule\":[{\"date\":\"2030-12-25\",\"start_time\":\"0000\","
			"\"end_time\":\"2359\"}]},\"callback_permission_status\":\"ENABLED\","
			"\"sip\":{\"status\":\"DISABLED\"},"
			"\"audio\":{\"additional_codecs\":[\"PCMU\"]},"
			"\"voicemail\":{\"status\":\"ENABLED\",\"triggers\":[\"REJECT\","
			"\"TIMEOUT\"],"
			"\"audio\":{\"default\":{\"announcement_media_id\":\"1002003004005006\","
			"\"timeout_seconds\":20}}}}}",
	},
};

const size_t PRACTICE_NUMBER_COUNT = ARRAY_LENGTH(PRACTICE_NUMBERS);

const struct practice_account PRACTICE_ACCOUNTS[] = {
	{ .app_id = "1234567890123456" },
	{ .app_id = "1234567890123456" },
	{ .app_id = "9007199254740993" },
	{ .app_id = "1234567890123456", .enable_refused = 138014 },
	{ .app_id = "1234567890123456" },
	{ .app_id = "1234567890123456", .enable_refused = 138015 },
	{ .app_id = "1234567890123456", .app_subscribed = true },
};

_Static_assert(ARRAY_LENGTH(PRACTICE_ACCOUNTS) == ARRAY_LENGTH(PRACTICE_NUMBERS),
	       "every practice number needs its account");
