import type { Rollout } from '#api/rollout.ts'
import { invalid, type SpecError } from '#engine/rollout/validation/spec-error.ts'
import { backendForm, ingressNotFound, ingressRef, leadsTo } from './ingress.ts'
import { findRoute, type Routes } from './routes.ts'

const base = 'spec.strategy.canary.trafficRouting'

/** The Ingresses a Rollout names for a router: one, or several. */
export interface NamedIngresses {
  readonly router: 'nginx' | 'alb'
  readonly one: string | undefined
  readonly several: readonly string[] | undefined
}

export const ingressNames = ({ one, several }: NamedIngresses): readonly string[] => several ?? [one ?? '']

export const isNamed = ({ one, several }: NamedIngresses, name: string): boolean =>
  one === name || several?.includes(name) === true

/** Exactly one of the two fields says it (REF-3, REF-4). */
export function configError({ router, one = '', several }: NamedIngresses): SpecError | undefined {
  const hasOne = one !== ''
  if (hasOne !== (several !== undefined)) return undefined
  const fields = router === 'nginx' ? 'StableIngress or StableIngresses' : 'Ingress or Ingresses'
  const are = hasOne ? 'Both' : 'Neither'
  const detail = `Either ${fields} must be configured. ${are} are configured.`
  return { path: `${base}.${router}`, kind: 'Internal error', detail }
}

/** The first Ingress that is not there (REF-5). */
export function absentIngress(named: NamedIngresses, rollout: Rollout, routes: Routes): SpecError | undefined {
  const absent = ingressNames(named).find((name) => findRoute(routes, ingressRef(rollout, name)) === undefined)
  if (absent === undefined) return undefined
  // The reference spells this one path with a capital.
  const field = { nginx: ['stableIngress', 'StableIngresses'], alb: ['ingress', 'ingresses'] } as const
  const [single, plural] = field[named.router]
  const value = named.several ?? named.one
  const path = `${base}.${named.router}.${named.several === undefined ? single : plural}`
  return invalid(path, value, ingressNotFound(routes, absent))
}

/** The first of these Ingresses, all of them there, that has no path to the Service (REF-13, REF-14). */
export function ingressWithoutService(
  {
    named,
    names,
    service,
  }: { readonly named: NamedIngresses; readonly names: readonly string[]; readonly service: string },
  rollout: Rollout,
  routes: Routes,
): SpecError | undefined {
  const form = backendForm(routes)
  const without = names.find((name) => {
    const ingress = findRoute(routes, ingressRef(rollout, name))
    return ingress !== undefined && !leadsTo(form, ingress, service)
  })
  if (without === undefined) return undefined
  const single = named.router === 'nginx' ? 'stableIngress' : 'ingress'
  const field = named.several?.includes(without) ? `${single}es` : single
  return invalid(`${base}.${named.router}.${field}`, without, noRulesText(without, service))
}

export const noRulesText = (ingress: string, service: string): string =>
  `ingress \`${ingress}\` has no rules using service ${service} backend`
