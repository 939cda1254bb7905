/** Shows that whoever hands a request on reads the log: who opened the writer that the request is for. */
export const HOLDER_HEADER = 'hark-holder';
