const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt';
const ROW = '0,1424696633908,1424696631913248572,-5.958191,0.6880646,8.135345,a,nexus4,nexus4_1,stand';
const OBJECT =
  '{"Arrival_Time":1424696633908,"Creation_Time":1424696631913248572,"Device":"nexus4_1","Index":0,' +
  '"Model":"nexus4","User":"a","gt":"stand","x":-5.958191,"y":0.6880646,"z":8.135345,"Sensor":"accelerometer"}';

/** Well-formed bodies of `POST /v1/samples`, by type. */
export const SAMPLES = {
  'text/csv': [
    [HEADER, ROW, ROW, ROW].join('\n'),
    [HEADER.replaceAll(',', '\t'), ROW.replaceAll(',', '\t')].join('\r\n'),
    [HEADER, '0,1,1.42469663191325E+018,1,2,3,"a ""b"", c",nexus4,"nexus4_1",""'].join('\n'),
  ],
  'application/x-ndjson': [`${OBJECT}\n${OBJECT}\n`, OBJECT],
  'application/json': [
    `[${OBJECT},${OBJECT}]`,
    '{"user":"a","device":"gear_1","model":"gear","sensor":"gyroscope","creationTime":["27920678471000","27920678571000"],' +
      '"arrivalTime":[1424696633908,1424696633909],"x":[1,2],"y":[3,4],"z":[5,6],"gt":["walk",null]}',
  ],
} as const;

/** JSON bodies of other calls. */
export const BODIES: readonly string[] = [
  '{"user":"a","device":"d","from":"2015-02-23T13:03:51Z","to":"2015-02-23T13:04:51Z","activity":"walk","source":"user"}',
  '{"session":"a/nexus4_1/1","speed":4,"model":"current","learn":false,"timeMode":"preserve","loop":false,"paused":true}',
  '{"command":"seek","to":"2015-02-23T13:03:51Z","speed":"max"}',
  '{"learning":"continue","dryRun":true,"reason":"because"}',
  '{"enabled":true}',
  '{"name":"x","activity":"stand","forSeconds":3600,"users":["a"]}',
  '{"name":"r","from":"samples","where":[{"column":"gt","op":"like","value":"%stairs%"}],' +
    '"withWatermark":{"column":"event_time","delay":"30 minutes"},"groupBy":{"window":{"size":"10 minutes"},' +
    '"columns":["User"]},"aggregate":[{"fn":"count"}],"outputMode":"update","sink":{"type":"memory"}}',
  '{"messageId":0,"sessionId":"s","deviceId":"d","payload":[{"name":"accelerometer","time":1698501144401773000,' +
    '"values":{"x":0.06,"y":-0.001,"z":-0.10},"accuracy":3},{"name":"gravity","time":1698501144401773000,' +
    '"values":{"x":0,"y":0,"z":9.8}}]}',
];

/** Messages of `/v1/live`. */
export const MESSAGES: readonly string[] = [
  '{"type":"connection_init","payload":{}}',
  '{"type":"subscribe","id":"s1","payload":{"channel":"predictions","users":["a"],"mode":"update","maxRateHz":5}}',
  '{"type":"subscribe","id":"s2","payload":{"channel":"transitions","minConfidence":0.5,"dwellMs":100,"since":"earliest"}}',
  '{"type":"subscribe","id":"s3","payload":{"channel":"alerts","since":{"epoch":"e","offset":3}}}',
  '{"type":"complete","id":"s1"}',
  '{"type":"ping"}',
  '{"type":"pong","payload":{"a":1}}',
];
