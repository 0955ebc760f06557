import type { KubeObject } from '#api/meta.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { Surroundings } from './controller-process.ts'
import type { Random } from './random.ts'
import { managedNames, type RouteManifest } from './routed-scenario.ts'
import { shop } from './simulated-deployments.ts'

/** What a person, or another controller, does to the objects of a router. */
export const routeEdits = ['weights', 'revert', 'replace', 'delete', 'unmanage', 'add'] as const

export type RouteEdit = (typeof routeEdits)[number]

const by = 'gitops'

/** Whoever edits route objects beside the engine; what is deleted comes back after a while. */
export class RouteEditor {
  readonly #surroundings: Surroundings
  readonly #random: Random
  readonly #manifests: readonly RouteManifest[]
  #added = 0

  constructor(surroundings: Surroundings, manifests: readonly RouteManifest[], random: Random) {
    this.#surroundings = surroundings
    this.#manifests = manifests
    this.#random = random
  }

  perform(edit: RouteEdit): void {
    const picked = this.#pick(edit === 'revert' || edit === 'replace' || edit === 'delete')
    if (picked === undefined) return
    const { kind, object } = picked
    const { metadata } = object
    this.#surroundings.trace.add(by, `${edit} ${kind} ${metadata.name}`)
    switch (edit) {
      case 'weights':
        return this.#write(kind, withOtherWeights(object, this.#random.int(0, 100)))
      case 'revert':
        return this.#write(kind, {
          ...object,
          spec: specOf(this.#manifestOf(kind, metadata.name) ?? object),
        } as KubeObject)
      case 'replace': {
        const { labels = {}, annotations = {} } = (this.#manifestOf(kind, metadata.name) ?? object).metadata
        return this.#write(kind, { ...object, metadata: { ...metadata, labels, annotations } })
      }
      case 'unmanage':
        return this.#write(kind, withoutManaged(object) as KubeObject)
      case 'add':
        return this.#add(kind, object)
      case 'delete':
        this.#surroundings.api.delete(routeKinds[kind], metadata, by)
        this.#surroundings.time.after(this.#random.int(500, 20_000), () => this.bringBack())
    }
  }

  /** Whatever a person had made and is gone. */
  bringBack(): void {
    for (const { kind, object } of this.#manifests)
      if (this.#surroundings.api.create(routeKinds[kind], object, by).ok)
        this.#surroundings.trace.add(by, `brings back ${kind} ${object.metadata.name}`)
  }

  #manifestOf(kind: RouteKind, name: string): KubeObject | undefined {
    return this.#manifests.find((each) => each.kind === kind && each.object.metadata.name === name)?.object
  }

  /** One of those that a person had made, or of all. */
  #pick(isManifest: boolean): { readonly kind: RouteKind; readonly object: KubeObject } | undefined {
    const present = (Object.keys(routeKinds) as RouteKind[])
      .filter((kind) => kind !== 'services')
      .flatMap((kind) => this.#surroundings.api.all(routeKinds[kind]).map((object) => ({ kind, object })))
      .filter(({ kind, object }) => !isManifest || this.#manifestOf(kind, object.metadata.name) !== undefined)
    return present.length === 0 ? undefined : this.#random.pick(present)
  }

  #write(kind: RouteKind, object: KubeObject): void {
    this.#surroundings.api.update(routeKinds[kind], object, by)
  }

  /** A label and a field that have nothing to do with traffic. */
  #add(kind: RouteKind, { metadata }: KubeObject): void {
    const name = `note-${++this.#added}`
    const body = { metadata: { labels: { [name]: 'kept' } }, spec: { [name]: true } }
    this.#surroundings.api.patch(routeKinds[kind], { ...metadata, namespace: shop }, { type: 'merge', body }, by)
  }
}

const specOf = (object: KubeObject): unknown => Reflect.get(object, 'spec')

/** Every weight in it is another one: `weight` and what is left of 100 take turns. */
function withOtherWeights(object: KubeObject, weight: number): KubeObject {
  let next = weight
  const draw = (was: unknown) => {
    const drawn = typeof was === 'string' ? String(next) : next
    next = 100 - next
    return drawn
  }
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change)
    if (typeof value === 'string' && value.startsWith('{"Type"')) return JSON.stringify(change(JSON.parse(value)))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, /(^|-)weight$/i.test(key) ? draw(each) : change(each)]),
    )
  }
  return change(object) as KubeObject
}

/** Routes that steps have made, by hand removed. */
function withoutManaged(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => !isManaged(each)).map(withoutManaged)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutManaged(each)]))
}

const isManaged = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  managedNames.some((name) => [name, `${name}-0`].includes(String(Reflect.get(value, 'name'))))
