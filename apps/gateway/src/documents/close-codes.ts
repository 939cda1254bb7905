import { CLOSE_CODES } from '@hark/contracts';

const MEANINGS: Readonly<Record<keyof typeof CLOSE_CODES, string>> = {
  badMessage:
    'not a message of the protocol, binary, a second connection_init, or over 200 messages a second',
  unauthorized: 'no token that is known, a token that was revoked, or something else before connection_init',
  forbidden: 'the token does not have the role subscribe',
  initTimeout: 'no connection_init in 10 s',
  idInUse: 'the id of the subscription is in use',
  tooSlow:
    'nothing taken for 20 s while 512 KiB wait, or a ping not answered in 10 s; resume from your cursor',
};

/** Why `/v1/live` closes a socket, by code. */
export const CLOSE_CODE_MEANINGS: Readonly<Record<string, string>> = {
  1001: 'the gateway is stopping',
  1009: 'a message over 64 KiB',
  1013: 'too many connections',
  ...Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, code]) => [code, MEANINGS[name as keyof typeof CLOSE_CODES]]),
  ),
};
