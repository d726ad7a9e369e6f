# SPDX-License-Identifier: MIT
"""Bodies of a 200 response: valid and invalid tokens, and the identities that they confirm."""

from answers import TOKEN_BODY, token
from case import Case, good

NOT_JSON = "not valid JSON"
NONE = "no access_token"
FORBIDDEN = "not visible ASCII"
REPEATED = "repeats a member"
NO_EXPIRY = "no valid expires_on or expires_in"
EXPIRED = "has already expired"

LIFE = '"expires_in":"3600"'
FULL = '{"access_token":"@TOKEN@",' + LIFE + "%s}"


def with_token(value, more=LIFE):
    return '{"access_token":%s,%s}' % (value, more)


def with_life(members):
    return '{"access_token":"@TOKEN@"%s}' % members


def nested(depth):
    return FULL % (',"x":' + "[" * depth + "]" * depth)


ACCEPTED = {
    "numbers": with_life(',"expires_in":3600,"expires_on":4102444800'),
    "expires_on alone": with_life(',"expires_on":"4102444800"'),
    "expires_in alone": FULL % "",
    "expires_on in milliseconds": with_life(',"expires_on":4102444800000'),
    "expires_on of 40 digits": with_life(',"expires_on":' + "9" * 40),
    "escaped name": '{"\\u0061ccess_token":"@TOKEN@",' + LIFE + "}",
    "escaped text": with_token('"\\u0065yJ"'),
    "members of other kinds": FULL % ',"a":[1.5e-3,true,null,{"b":"\\ud83d\\ude00"}]',
    "look-alikes inside": '{"x":{"access_token":"evil","expires_in":0},' + FULL[1:] % "",
    "look-alikes in a text": FULL % r',"x":"\"access_token\":\"evil\""',
    "UTF-8": FULL % ',"x":"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"',
    "white space": " \t\r\n" + FULL % "" + " \t\r\n",
    "nested 500 deep": nested(500),
    "token_type null": FULL % ',"token_type":null',
    "token_type bearer": FULL % ',"token_type":"bearer"',
    "60 KB": with_token('"' + "a" * 60000 + '"'),
}

REFUSED = {
    "empty": ("", NOT_JSON),
    "null": ("null", "not valid JSON, or not an object"),
    "a text": ('"@TOKEN@"', "not valid JSON, or not an object"),
    "a list": ("[" + FULL % "" + "]", "not valid JSON, or not an object"),
    "the token alone": ("@TOKEN@", NOT_JSON),
    "a form": ("access_token=@TOKEN@&expires_in=3600", NOT_JSON),
    "HTML": ("<html>@TOKEN@</html>", NOT_JSON),
    "an error with 200": ('{"error":"unauthorized_client"}', "an error with status 200"),
    "cut": (TOKEN_BODY[:-1], NOT_JSON),
    "cut in the token": ('{"access_token":"@TOKEN@', NOT_JSON),
    "text after the end": (FULL % "" + "x", NOT_JSON),
    "two documents": (FULL % "" + FULL % "", NOT_JSON),
    "a NUL after the end": (FULL % "" + "\0", NOT_JSON),
    "a byte order mark": ("\xef\xbb\xbf" + FULL % "", NOT_JSON),
    "trailing comma": (FULL % ",", NOT_JSON),
    "single quotes": ("{'access_token':'@TOKEN@'}", NOT_JSON),
    "a comment": (FULL % "/**/", NOT_JSON),
    "name without quotes": ("{access_token:1}", NOT_JSON),
    "nested 513 deep": (nested(513), NOT_JSON),
    "nested 30000 deep": (nested(30000), NOT_JSON),
    "opened 60000 times": ("[" * 60000, NOT_JSON),
    "objects opened 10000 times": ('{"a":' * 10000, NOT_JSON),
    "64 KB of spaces": (" " * 65537, "is too long"),
    "invalid UTF-8": (FULL % ',"x":"\xff"', NOT_JSON),
    "overlong UTF-8": (FULL % ',"x":"\xc0\xaf"', NOT_JSON),
    "UTF-8 of a surrogate": (FULL % ',"x":"\xed\xa0\x80"', NOT_JSON),
    "cut UTF-8": (FULL % ',"x":"\xe2\x82"', NOT_JSON),
    "UTF-8 above U+10FFFF": (FULL % ',"x":"\xf4\x90\x80\x80"', NOT_JSON),
    "raw control byte": (FULL % ',"x":"\x01"', NOT_JSON),
    "raw line end in a text": (FULL % ',"x":"\n"', NOT_JSON),
    "unknown escape": (FULL % ',"x":"\\x41"', NOT_JSON),
    "short escape": (FULL % ',"x":"\\u12"', NOT_JSON),
    "number 01": (FULL % ',"x":01', NOT_JSON),
    "number 1.": (FULL % ',"x":1.', NOT_JSON),
    "number +1": (FULL % ',"x":+1', NOT_JSON),
    "NaN": (FULL % ',"x":NaN', NOT_JSON),
    "True": (FULL % ',"x":True', NOT_JSON),
    "no access_token": ("{" + LIFE + "}", NONE),
    "access_token inside": ('{"token":' + FULL % "" + "," + LIFE + "}", NONE),
    "Access_Token": ('{"Access_Token":"@TOKEN@",' + LIFE + "}", NONE),
    "access_token empty": (with_token('""'), NONE),
    "access_token a number": (with_token("1"), NONE),
    "access_token null": (with_token("null"), NONE),
    "access_token true": (with_token("true"), NONE),
    "access_token a list": (with_token('["@TOKEN@"]'), NONE),
    "access_token an object": (with_token('{"access_token":"@TOKEN@"}'), NONE),
    "token with CR LF": (with_token('"@TOKEN@\\r\\nX-Evil: 1"'), FORBIDDEN),
    "token with LF at the end": (with_token('"@TOKEN@\\n"'), FORBIDDEN),
    "token with a space": (with_token('"@TOKEN@ x"'), FORBIDDEN),
    "token with a NUL": (with_token('"@TOKEN@\\u0000"'), FORBIDDEN),
    "token with an escape": (with_token('"@TOKEN@\\u001b[2J"'), FORBIDDEN),
    "token with DEL": (with_token('"@TOKEN@\x7f"'), FORBIDDEN),
    "token that is not ASCII": (with_token('"@TOKEN@\xc3\xa4"'), FORBIDDEN),
    "token with a lone surrogate": (with_token('"\\ud800"'), ""),
    "access_token twice": (FULL % ',"access_token":"@TOKEN@"', REPEATED),
    "access_token twice, once escaped": (FULL % ',"access_toke\\u006e":"evil"', REPEATED),
    "access_token twice, once null": (FULL % ',"access_token":null', REPEATED),
    "expires_in twice": (FULL % ',"expires_in":"9"', REPEATED),
    "token_type twice": (FULL % ',"token_type":"Bearer","token_type":"Bearer"', REPEATED),
    "token_type pop": (FULL % ',"token_type":"pop"', "token_type is not Bearer"),
    "no expiry": (with_life(""), NO_EXPIRY),
    "expiry null": (with_life(',"expires_in":null'), NO_EXPIRY),
    "expiry empty": (with_life(',"expires_in":""'), NO_EXPIRY),
    "expiry in words": (with_life(',"expires_in":"soon"'), NO_EXPIRY),
    "expiry a date": (with_life(',"expires_on":"2100-01-01T00:00:00Z"'), NO_EXPIRY),
    "expires_in 0": (with_life(',"expires_in":0'), EXPIRED),
    "expires_in negative": (with_life(',"expires_in":"-1"'), EXPIRED),
    "expires_on in 2001": (with_life(',"expires_on":"1000000000"'), EXPIRED),
    "expires_on 0": (with_life(',"expires_on":0'), EXPIRED),
    "expires_on past, expires_in ahead": (with_life(',"expires_on":1,"expires_in":99'), EXPIRED),
    "expires_on of minus 40 digits": (with_life(',"expires_on":-' + "9" * 40), EXPIRED),
}

ID = "11111111-2222-3333-4444-abcdefabcdef"
OTHER = "99999999-2222-3333-4444-abcdefabcdef"
RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/u/i"

# The requested identity, the agent's echo, and whether it is accepted.
IDENTITIES = {
    "client id": ("--client-id", ID, f'"client_id":"{ID}"', True),
    "client id in capitals": ("--client-id", ID, f'"client_id":"{ID.upper()}"', True),
    "object id": ("--object-id", ID, f'"object_id":"{ID}"', True),
    "resource id as msi_res_id": ("--resource-id", RESOURCE, f'"msi_res_id":"{RESOURCE}"', True),
    "resource id as mi_res_id": ("--resource-id", RESOURCE, f'"mi_res_id":"{RESOURCE}"', True),
    "no echo": ("--client-id", ID, '"x":0', False),
    "no echo of an object id": ("--object-id", ID, f'"client_id":"{ID}"', False),
    "no echo of a resource id": ("--resource-id", RESOURCE, f'"client_id":"{ID}"', False),
    "another client id": ("--client-id", ID, f'"client_id":"{OTHER}"', False),
    "another object id": ("--object-id", ID, f'"object_id":"{OTHER}"', False),
    "echo empty": ("--client-id", ID, '"client_id":""', False),
    "echo null": ("--client-id", ID, '"client_id":null', False),
    "echo a list": ("--client-id", ID, f'"client_id":["{ID}"]', False),
    "echo inside": ("--client-id", ID, f'"x":{{"client_id":"{ID}"}}', False),
    "echo longer": ("--client-id", ID, f'"client_id":"{ID}0"', False),
    "echo with a space": ("--client-id", ID, f'"client_id":"{ID} "', False),
    "echo with a NUL": ("--client-id", ID, f'"client_id":"{ID}\\u0000"', False),
    "two resource ids, one wrong": (
        "--resource-id",
        RESOURCE,
        f'"msi_res_id":"{RESOURCE}","mi_res_id":"/other"',
        False,
    ),
}


def cases():
    for name, body in ACCEPTED.items():
        text = None if "@TOKEN@" in body else "a" * 60000 if "aaa" in body else "eyJ"
        yield good(f"token: {name}", second=token(body), token_text=text)
    for name, (body, says) in REFUSED.items():
        yield Case(f"token: {name}", second=token(body), says=says)
    for name, (option, value, echo, is_enough) in IDENTITIES.items():
        yield Case(
            f"identity: {name}",
            second=token(FULL % ("," + echo)),
            arguments=(option, value),
            exit=0 if is_enough else 1,
            says="" if is_enough else "did not confirm",
        )
    yield Case(
        "identity: echoed twice",
        second=token(FULL % f',"client_id":"{ID}","client_id":"{ID}"'),
        arguments=("--client-id", ID),
        says=REPEATED,
    )
    yield Case(
        "identity: no echo without a challenge",
        first=token(),
        arguments=("--client-id", ID),
        says="did not confirm",
        keys=0,
    )
    yield good(
        "format json escapes nothing away",
        second=token(with_token(r'"a\"b\\c"', '"expires_in":60,"expires_on":4102444800')),
        arguments=("--format", "json"),
        token_text=r'{"access_token":"a\"b\\c","token_type":"Bearer",'
        r'"resource":"https://vault.azure.net","expires_on":@TIME@,"expires_in":60}',
    )
