// What a look at the machine found. Said in one sentence, with what to do about it when it is not well.

export interface Finding {
  readonly name: string;
  /** `fail`: checks would not be answered, or not rightly. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}
