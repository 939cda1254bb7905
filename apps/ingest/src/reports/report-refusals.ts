import type { ReportRefusal } from '@hark/contracts';

export const MOST_REPORTS = 100;

export const MALFORMED: ReportRefusal = {
  status: 400,
  code: 'malformed_command',
  message: 'the command is not one',
};
export const FROM_THE_FIRST: ReportRefusal = {
  status: 400,
  code: 'invalid_query',
  message: 'startingOffsets: what comes from outside the log is read from the first row on; leave it out',
  field: 'startingOffsets',
  rule: 'outside_from_the_first',
};
export const TOO_MANY: ReportRefusal = {
  status: 409,
  code: 'too_many_reports',
  message: `there are ${MOST_REPORTS} reports; drop one that is not needed`,
};

export function reportExists(name: string): ReportRefusal {
  const message = `there is a report ${name}; send "replace": true to change its logic, or drop it first`;
  return { status: 409, code: 'report_exists', message };
}

export function unknownReport(name: string): ReportRefusal {
  return { status: 404, code: 'unknown_report', message: `there is no report ${name}` };
}
