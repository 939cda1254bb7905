import { ProblemError } from '@hark/service';
import type { SamplesTold } from '../../front-door/samples-route.js';
import { tell } from './request-attempts.js';

/** Tells the log of connections what became of `POST /v1/samples`. */
export const tellOfSamples: SamplesTold = (request, outcome) => {
  if (outcome instanceof ProblemError)
    return tell(request, { verdict: 'refused', code: outcome.problem.code });
  const { accepted, rejected, errors, duplicate } = outcome;
  tell(request, {
    verdict: duplicate === true ? 'duplicate' : 'accepted',
    accepted,
    rejected,
    code: errors.at(0)?.code ?? null,
  });
};
