/** For tools that make tokens; apps get access control from `@hark/service`. */
export { ROLES, isRole, type Role } from './role.js';
export { isExpired, tokenEntry, type TokenEntry } from './token-entry.js';
export {
  TokenFileBusyError,
  TokenFileError,
  changeTokenFile,
  readTokenFile,
  tokenFilePath,
} from './token-file.js';
export { TokenListError, formatTokenEntry, parseTokenList } from './token-list.js';
export { newToken, tokenHash, tokenId } from './token.js';
