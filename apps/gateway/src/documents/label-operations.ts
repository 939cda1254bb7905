import { labelAnswer, labelUndone, type ActivityVocabulary } from '@hark/contracts';
import { bothProblems, json, type Operation } from '@hark/service/documents';
import { labelBody } from '../labels/label-requests.js';
import { BODY_PROBLEMS, KEY_PROBLEMS, LEARNER_PROBLEMS } from './common-problems.js';
import { keyHeaders, numberParams } from './parameters.js';

/** `/v1/labels` */
export function labelOperations(activities: ActivityVocabulary): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: '/v1/labels',
      id: 'createLabel',
      tag: 'labels',
      summary: 'Say what was done in a stretch of time',
      description: 'The windows of the stretch are learned with it, those that are still to come too.',
      headers: keyHeaders,
      body: { content: json(labelBody(activities)), required: true },
      answers: { 201: { description: 'what it has changed', content: json(labelAnswer) } },
      problems: bothProblems(BODY_PROBLEMS, KEY_PROBLEMS, LEARNER_PROBLEMS, {
        404: ['unknown_device'],
        409: ['malformed_label'],
      }),
      example: {
        body: {
          user: 'a',
          device: 'nexus4_1',
          from: '2015-02-23T10:18:55Z',
          to: '2015-02-23T10:20:00Z',
          activity: activities.names?.[0] ?? 'walk',
        },
      },
    },
    {
      method: 'DELETE',
      path: '/v1/labels/:id',
      id: 'deleteLabel',
      tag: 'labels',
      summary: 'Take a label back',
      params: numberParams,
      answers: { 200: { description: 'what it has changed', content: json(labelUndone) } },
      problems: bothProblems(BODY_PROBLEMS, LEARNER_PROBLEMS, {
        404: ['unknown_label'],
        409: ['malformed_label'],
      }),
      example: { params: { id: '0' } },
    },
  ];
}
