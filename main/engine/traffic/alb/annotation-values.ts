import type { HeaderRoute } from '#api/rollout.ts'
import type { AlbRouting } from '#api/traffic-routing.ts'
import { goJson } from '#lib/go-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** Order of keys and spelling are those of Go, else two controllers would rewrite each other's annotation (ALB-3, ALB-11). */

export interface WeightedService {
  readonly service: string
  readonly weight: number
}

export interface Stickiness {
  readonly Enabled: boolean
  readonly DurationSeconds: number
}

/**
 * The action that splits requests between Services, in this order (ALB-3).
 *
 * Error  a stickiness that AWS would refuse.
 */
export function forwardAction(groups: readonly WeightedService[], alb: AlbRouting): Outcome<string, string> {
  const { enabled = false, durationSeconds = 0 } = alb.stickinessConfig ?? {}
  if (enabled && (durationSeconds < 1 || durationSeconds > sevenDays))
    return failure("TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!")
  const port = `${alb.servicePort ?? 0}`
  const sticky = enabled ? { Enabled: true, DurationSeconds: durationSeconds } : undefined
  return success(
    actionText(
      groups.map((each) => ({ ...each, port })),
      sticky,
    ),
  )
}

const sevenDays = 604_800

export const actionText = (
  groups: readonly (WeightedService & { readonly port: string })[],
  sticky: Stickiness | undefined,
): string =>
  goJson({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map(({ service, port, weight }) => ({
        ...(service !== '' && { ServiceName: service }),
        ServicePort: port,
        Weight: weight,
      })),
      ...(sticky !== undefined && { TargetGroupStickinessConfig: sticky }),
    },
  })

/** One condition per header, all of which must hold, by any of its values (ALB-11). Values that are not exact do not get here (VAL-28). */
export function headerConditions({ match = [] }: HeaderRoute): string {
  const values = new Map<string, readonly string[]>()
  for (const { headerName = '', headerValue } of match)
    values.set(headerName, [...(values.get(headerName) ?? []), headerValue?.exact ?? ''])
  return goJson(
    [...values].map(([httpHeaderName, exact]) => ({
      field: 'http-header',
      httpHeaderConfig: { httpHeaderName, values: exact },
    })),
  )
}
