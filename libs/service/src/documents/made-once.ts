/** What is made when it is first asked for, and kept: to describe every schema takes a good part of a start. */
export function madeOnce<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
