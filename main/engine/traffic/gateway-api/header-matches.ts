import type { HeaderRoute } from '#api/rollout.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'

/** What Gateway API asks of one header. All of a match are asked for together, as the plugin does; Istio takes any of them (GW-15). */
export interface HeaderMatch {
  readonly name: string
  readonly type: 'Exact' | 'RegularExpression'
  readonly value: string
}

/** The error is the plugin's, for a header without a value to look for. */
export const headerMatches = ({ match = [] }: HeaderRoute): Outcome<readonly HeaderMatch[], string> =>
  collected(
    match.map(({ headerName: name = '', headerValue: { exact = '', prefix = '', regex = '' } = {} }) => {
      if (exact !== '') return success<HeaderMatch>({ name, type: 'Exact', value: exact })
      if (prefix !== '') return success<HeaderMatch>({ name, type: 'RegularExpression', value: `${prefix}.*` })
      if (regex !== '') return success<HeaderMatch>({ name, type: 'RegularExpression', value: regex })
      return failure('invalid header match type')
    }),
  )
