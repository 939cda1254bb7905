import { erasureView } from '@hark/contracts';
import { json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { BODY_PROBLEMS } from './common-problems.js';
import { sessionParams } from './parameters.js';

// No control characters, in words that every checker of patterns knows.
const NAME = '^[^\\x00-\\x1f\\x7f-\\x9f]+$';
const userParams = z.object({ user: z.string().min(1).max(128).regex(new RegExp(NAME)) });

/** `/v1/users` and `/v1/erasures` */
export const ERASURE_OPERATIONS: readonly Operation[] = [
  {
    method: 'DELETE',
    path: '/v1/users/:user',
    id: 'eraseUser',
    tag: 'users',
    summary: 'Erase a user',
    description:
      'Everything of the user goes from the data folder, and the model is what it would be had they never been there. ' +
      'All apps pause for it: subscriptions end, and resume with a new epoch. ' +
      'A user of whom nothing is known is 404, and nothing pauses.',
    params: userParams,
    answers: { 202: { description: 'asked for; poll the erasure', content: json(erasureView) } },
    problems: {
      ...BODY_PROBLEMS,
      404: ['unknown_user'],
      409: ['erasure_running', 'not_erasable'],
    },
    // Nobody, so that who tries the example out does no harm.
    example: { params: { user: 'nobody' } },
  },
  {
    method: 'GET',
    path: '/v1/erasures/:id',
    id: 'getErasure',
    tag: 'users',
    summary: 'How far an erasure has come, and its proof',
    params: sessionParams,
    answers: { 200: { description: 'the erasure', content: json(erasureView) } },
    problems: { 404: ['unknown_erasure'], 409: ['not_erasable'] },
    example: { params: { id: '0d11d55aee62dd4a' } },
  },
];
