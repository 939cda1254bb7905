import { learningAnswer, rollbackAnswer, versionList, versionView } from '@hark/contracts';
import { bothProblems, json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { atQuery, learningBody, rollbackBody } from '../models/model-requests.js';
import { BODY_PROBLEMS, KEY_PROBLEMS, LEARNER_PROBLEMS, QUERY_PROBLEMS } from './common-problems.js';
import { keyHeaders, versionParams } from './parameters.js';

const asked = bothProblems(BODY_PROBLEMS, KEY_PROBLEMS, LEARNER_PROBLEMS);
const unknown = { 404: ['unknown_version'] };
const unreadable = { 409: ['missing_version', 'damaged_version'] };

/** `/v1/models` */
export const MODEL_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/models',
    id: 'listVersions',
    tag: 'models',
    summary: 'All versions, newest first',
    answers: { 200: { description: 'the versions, and which answers', content: json(versionList) } },
    example: {},
  },
  {
    method: 'GET',
    path: '/v1/models/at',
    id: 'getVersionAt',
    tag: 'models',
    summary: 'The version that answered at a time',
    description: 'Exact for devices in step with the others; modelVersion of a prediction is exact always.',
    query: atQuery,
    answers: { 200: { description: 'the version', content: json(versionView) } },
    problems: bothProblems(QUERY_PROBLEMS, { 404: ['no_version_then', 'unknown_version'] }),
    example: { query: { time: '2027-01-01T00:00:00Z' } },
  },
  {
    method: 'GET',
    path: '/v1/models/:version',
    id: 'getVersion',
    tag: 'models',
    summary: 'A version',
    params: versionParams,
    answers: { 200: { description: 'the version', content: json(versionView) } },
    problems: unknown,
    example: { params: { version: 'current' } },
  },
  {
    method: 'GET',
    path: '/v1/models/:version/state',
    id: 'getVersionState',
    tag: 'models',
    summary: 'What a version answers by, as it is stored',
    params: versionParams,
    answers: {
      200: {
        description: 'the stored state',
        content: { 'application/octet-stream': z.unknown() },
        headers: { ETag: 'the digest of the version' },
      },
    },
    problems: bothProblems(unknown, unreadable),
    example: { params: { version: 'current' } },
  },
  {
    method: 'POST',
    path: '/v1/models',
    id: 'createVersion',
    tag: 'models',
    summary: 'Make a version of the model as it is now',
    headers: keyHeaders,
    answers: { 201: { description: 'the version', content: json(versionView) } },
    problems: bothProblems(asked, { 409: ['malformed_command'] }),
    example: {},
  },
  {
    method: 'POST',
    path: '/v1/models/:version/rollback',
    id: 'rollBack',
    tag: 'models',
    summary: 'Let an earlier version answer',
    description:
      'It answers from one record of the log on: every window is answered by exactly one version and none is skipped. ' +
      'Rolling back a rollback is the same call.',
    params: versionParams,
    headers: keyHeaders,
    body: { content: json(rollbackBody), required: false },
    answers: { 200: { description: 'what has changed, and from where', content: json(rollbackAnswer) } },
    problems: bothProblems(asked, unknown, unreadable, {
      409: ['incompatible_features', 'unknown_version', 'malformed_command'],
    }),
    example: { params: { version: '1' }, body: { dryRun: true } },
  },
  {
    method: 'POST',
    path: '/v1/models/:version/promote',
    id: 'promoteChallenger',
    tag: 'models',
    summary: "Let a challenger's version answer",
    params: versionParams,
    headers: keyHeaders,
    answers: { 200: { description: 'what has changed, and from where', content: json(rollbackAnswer) } },
    problems: bothProblems(asked, unknown, unreadable, {
      409: ['not_a_challenger', 'incompatible_features', 'unknown_version', 'malformed_command'],
    }),
    example: { params: { version: 'challenger' } },
  },
  {
    method: 'PATCH',
    path: '/v1/models/learning',
    id: 'setLearning',
    tag: 'models',
    summary: 'Switch learning on or off',
    headers: keyHeaders,
    body: { content: json(learningBody), required: true },
    answers: { 200: { description: 'from where on', content: json(learningAnswer) } },
    problems: bothProblems(asked, { 409: ['malformed_command'] }),
    example: { body: { enabled: true } },
  },
];
