import { alertListSchema, ruleViewSchema, type ActivityVocabulary } from '@hark/contracts';
import { bothProblems, json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { alertQuery } from '../alerts/alert-list.js';
import { ruleBody } from '../alerts/rule-requests.js';
import { BODY_PROBLEMS, KEY_PROBLEMS, QUERY_PROBLEMS, STORE_PROBLEMS } from './common-problems.js';
import { keyHeaders, numberParams } from './parameters.js';

const ruleList = z.strictObject({ rules: z.array(ruleViewSchema) });
const ruleRemoved = z.strictObject({ id: z.string() });

/** `/v1/alerts` */
export function alertOperations(activities: ActivityVocabulary): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: '/v1/alerts',
      id: 'listAlerts',
      tag: 'alerts',
      summary: 'What was announced, newest first',
      query: alertQuery,
      answers: { 200: { description: 'a page of alerts', content: json(alertListSchema) } },
      problems: QUERY_PROBLEMS,
      example: { query: { limit: '10' } },
    },
    {
      method: 'GET',
      path: '/v1/alerts/rules',
      id: 'listRules',
      tag: 'alerts',
      summary: 'The rules by which activities are announced',
      answers: { 200: { description: 'the rules', content: json(ruleList) } },
      example: {},
    },
    {
      method: 'POST',
      path: '/v1/alerts/rules',
      id: 'createRule',
      tag: 'alerts',
      summary: 'Announce when a device has shown an activity for long enough',
      headers: keyHeaders,
      body: { content: json(ruleBody(activities)), required: true },
      answers: { 201: { description: 'the rule', content: json(ruleViewSchema) } },
      problems: bothProblems(BODY_PROBLEMS, KEY_PROBLEMS, STORE_PROBLEMS, {
        400: ['webhook_not_allowed'],
        403: ['forbidden_user'],
        409: ['too_many_rules'],
      }),
      example: { body: { activity: 'stand', forSeconds: 3600, users: ['a'] } },
    },
    {
      method: 'DELETE',
      path: '/v1/alerts/rules/:id',
      id: 'deleteRule',
      tag: 'alerts',
      summary: 'Take a rule away',
      params: numberParams,
      answers: { 200: { description: 'it is gone', content: json(ruleRemoved) } },
      problems: bothProblems(BODY_PROBLEMS, STORE_PROBLEMS, { 404: ['unknown_rule'] }),
      example: { params: { id: '0' } },
    },
  ];
}
