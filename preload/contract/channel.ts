import type * as v from 'valibot'

/** A channel: the schema checks input at run time on main's side, `Output` is a promise of main's types. */
export interface Request<Input, Output> {
  readonly input: v.GenericSchema<unknown, Input>
  /** Only for the type checker. */
  readonly output?: Output
}

export const request = <Output>() => ({
  of: <Input>(input: v.GenericSchema<unknown, Input>): Request<Input, Output> => ({ input }),
})
