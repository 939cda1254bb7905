import { comparison, replayList, replayView } from '@hark/contracts';
import { bothProblems, json, type Operation } from '@hark/service/documents';
import { compareBody, controlBody, replayBody } from '../replays/replay-requests.js';
import { BODY_PROBLEMS, STORE_PROBLEMS } from './common-problems.js';
import { replayParams } from './parameters.js';

const unknown = { 404: ['unknown_replay'] };
const played = {
  404: ['unknown_session', 'unknown_version'],
  409: ['incompatible_features', 'missing_version', 'damaged_version'],
};
const id = '6a1c4f0e9b2d7788';
const session = '59ed1f8a1d2b3c4d';

/** `/v1/replays` */
export const REPLAY_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/replays',
    id: 'listReplays',
    tag: 'replays',
    summary: 'The replays, newest first',
    answers: { 200: { description: 'the replays', content: json(replayList) } },
    example: {},
  },
  {
    method: 'POST',
    path: '/v1/replays',
    id: 'createReplay',
    tag: 'replays',
    summary: 'Play a session again',
    description: 'Its predictions come on the channel replay:<id>.',
    body: { content: json(replayBody), required: true },
    answers: { 201: { description: 'the replay', content: json(replayView) } },
    problems: bothProblems(BODY_PROBLEMS, STORE_PROBLEMS, played, { 429: ['too_many_replays'] }),
    example: { body: { session, speed: 4, model: 'current' } },
  },
  {
    method: 'POST',
    path: '/v1/replays/compare',
    id: 'compareVersions',
    tag: 'replays',
    summary: 'Play a session to two to four versions at once',
    body: { content: json(compareBody), required: true },
    answers: { 200: { description: 'the versions side by side', content: json(comparison) } },
    problems: bothProblems(BODY_PROBLEMS, played, { 413: ['session_too_long'] }),
    example: { body: { session, models: [1, 'current'] } },
  },
  {
    method: 'GET',
    path: '/v1/replays/:id',
    id: 'getReplay',
    tag: 'replays',
    summary: 'A replay, as it stands',
    params: replayParams,
    answers: { 200: { description: 'the replay', content: json(replayView) } },
    problems: unknown,
    example: { params: { id } },
  },
  {
    method: 'POST',
    path: '/v1/replays/:id/control',
    id: 'controlReplay',
    tag: 'replays',
    summary: 'Play, pause, step, seek or stop a replay',
    params: replayParams,
    body: { content: json(controlBody), required: true },
    answers: {
      200: {
        description: 'the replay as the command has left it, or as it is after 5 s',
        content: json(replayView),
      },
    },
    problems: bothProblems(BODY_PROBLEMS, unknown, { 409: ['replay_over'] }),
    example: { params: { id }, body: { command: 'pause' } },
  },
  {
    method: 'DELETE',
    path: '/v1/replays/:id',
    id: 'deleteReplay',
    tag: 'replays',
    summary: 'Stop and forget a replay',
    params: replayParams,
    answers: { 204: { description: 'it is gone' } },
    problems: bothProblems(BODY_PROBLEMS, STORE_PROBLEMS, unknown),
    example: { params: { id } },
  },
];
