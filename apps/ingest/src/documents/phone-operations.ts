import { bothProblems, json, type Operation } from '@hark/service/documents';
import { z } from 'zod';
import { intakeProblemCodes } from '../front-door/intake-problems.js';
import {
  clientList,
  connectionList,
  phoneQuery,
  phyphoxAnswer,
  phyphoxMessage,
  sensorLoggerAnswer,
  sensorLoggerMessage,
  sensorLoggerQuery,
} from './phone-schemas.js';

/** Problems of the way in that a phone may meet: its messages have no rows that could not be read. */
const CODES = ['forbidden_user', 'broken_body', 'body_too_large', 'unsupported_encoding', 'overloaded'];
const PHONE_PROBLEMS = Object.fromEntries(
  Object.entries(intakeProblemCodes())
    .map(([status, codes]): [number, string[]] => [
      Number(status),
      codes.filter((code) => Number(status) === 503 || CODES.includes(code)),
    ])
    .filter(([, codes]) => codes.length > 0),
);

const AXES = { x: 0.06, y: -0.001, z: -0.1 };
const EXPERIMENT = { 'application/vnd.phyphox+xml': z.string().describe('a phyphox experiment') };

const phyphox = {
  method: 'POST',
  tag: 'phones',
  query: phoneQuery,
  body: { required: true, content: json(phyphoxMessage) },
  answers: {
    200: { description: 'what the device is doing, for its screen', content: json(phyphoxAnswer) },
  },
} as const;

/** The routes of apps for phones. */
export const phoneOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/sensor-logger',
    id: 'pushSensorLogger',
    tag: 'phones',
    summary: "Sensor Logger's push format",
    description:
      'Gravity is added back, units and signs become those of Android. Annotations that name an activity are the label ' +
      'of what follows. 200 means durable, also where there was nothing to store; 499 is a sentence that the app shows ' +
      'on the phone, and what could be used was stored all the same.',
    query: sensorLoggerQuery,
    body: { required: true, content: json(sensorLoggerMessage) },
    answers: {
      200: { description: 'what was taken', content: json(sensorLoggerAnswer) },
      499: {
        description: "a sentence for the phone's screen",
        content: { 'text/plain': z.string() },
      },
    },
    problems: PHONE_PROBLEMS,
    example: {
      body: {
        messageId: 0,
        sessionId: 's1',
        deviceId: 'phone-1',
        payload: [
          { name: 'accelerometer', time: '1698501144401773000', values: AXES },
          { name: 'gravity', time: '1698501144401773000', values: { x: 0, y: 0, z: 9.8 } },
        ],
      },
    },
  },
  {
    ...phyphox,
    path: '/v1/phyphox',
    id: 'pushPhyphox',
    summary: 'What the experiment of GET /v1/clients/phyphox sends',
    problems: PHONE_PROBLEMS,
    example: { body: { uid: 'abc', dev: 'Pixel 7', acc_t: [0.5], accX: [0], accY: [0], accZ: [9.8] } },
  },
  {
    ...phyphox,
    path: '/v1/phyphox/with-token',
    id: 'pushPhyphoxWithToken',
    summary: 'The same with the token in the body: an experiment can send no header',
    problems: bothProblems(PHONE_PROBLEMS, { 401: ['unauthorized'], 403: ['forbidden'] }),
  },
  {
    method: 'GET',
    path: '/v1/clients',
    id: 'listClients',
    tag: 'phones',
    summary: 'How phones are connected: addresses, and what QR codes hold',
    description:
      'Where tokens are used, the address of the experiment holds a code that is good for ten minutes.',
    query: phoneQuery.pick({ user: true }),
    answers: { 200: { description: 'the apps known', content: json(clientList) } },
  },
  {
    method: 'GET',
    path: '/v1/clients/phyphox',
    id: 'getPhyphoxExperiment',
    tag: 'phones',
    summary:
      'An experiment that posts to the address it was fetched from, with the token it was fetched with',
    query: phoneQuery.pick({ user: true }),
    answers: { 200: { description: 'the experiment', content: EXPERIMENT } },
  },
  {
    method: 'GET',
    path: '/v1/clients/phyphox/:code',
    id: 'getPairedPhyphoxExperiment',
    tag: 'phones',
    summary: 'The same for a phone that has scanned a QR code',
    params: z.object({ code: z.string() }),
    query: phoneQuery.pick({ user: true }),
    answers: { 200: { description: 'the experiment', content: EXPERIMENT } },
    problems: { 404: ['unknown_code'] },
    example: { params: { code: '00112233445566778899aabbccddeeff' } },
  },
  {
    method: 'GET',
    path: '/v1/connections',
    id: 'listConnections',
    tag: 'phones',
    summary: 'The last attempts of devices to send something, what became of each, and what to do about it',
    description:
      'Like attempts of one client are one entry with a count; the last 50 are shown. A token sees those of its users; ' +
      'attempts of nobody known are seen by tokens for all users.',
    answers: { 200: { description: 'newest first', content: json(connectionList) } },
  },
  {
    method: 'GET',
    path: '/asyncapi.json',
    id: 'getAsyncApi',
    tag: 'documents',
    summary: 'The WebSocket for devices and the topics of MQTT, as a document',
    answers: {
      200: { description: 'AsyncAPI 3.0', content: json(z.looseObject({ asyncapi: z.string() })) },
    },
  },
];
