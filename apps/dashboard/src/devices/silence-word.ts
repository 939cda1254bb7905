/** Why a device has no answer, in a few words. */
export function silenceWord(state: string, reason: string | null): string {
  if (state === 'stale') return 'silent';
  switch (reason) {
    case 'low_confidence':
      return 'not sure';
    case 'no_data':
      return 'too few samples';
    case 'out_of_distribution':
      return 'like nothing learned';
    case 'model_cold':
      return 'nothing learned yet';
    default:
      return state;
  }
}
