/** What a token may be used for; `operate` includes the others. */
export const ROLES = ['ingest', 'subscribe', 'monitor', 'operate'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
