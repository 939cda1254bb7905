import type { ProblemCodes } from '@hark/service/documents';

/** A request that has a body, or may have one by mistake. */
export const BODY_PROBLEMS: ProblemCodes = {
  400: ['bad_request', 'invalid_request'],
  413: ['payload_too_large'],
  415: ['unsupported_media_type'],
};

/** A query that is checked. */
export const QUERY_PROBLEMS: ProblemCodes = { 400: ['invalid_request'] };

/** A change that is made once for each `Idempotency-Key`. */
export const KEY_PROBLEMS: ProblemCodes = {
  400: ['invalid_idempotency_key'],
  422: ['idempotency_key_reused'],
};

/** A change that has to be stored first. */
export const STORE_PROBLEMS: ProblemCodes = { 503: ['log_full', 'log_away'] };

/** A change that the learner makes. */
export const LEARNER_PROBLEMS: ProblemCodes = { 503: ['log_full', 'log_away', 'learner_silent'] };
