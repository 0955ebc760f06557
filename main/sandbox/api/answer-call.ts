import { storageKey } from '../registry/kinds.ts'
import { methodNotAllowed, noSuchPath } from '../registry/status.ts'
import { type Answer, failed } from './answer.ts'
import type { Call } from './call.ts'
import { evictPod } from './eviction.ts'
import { patchOne } from './patch.ts'
import { servePodLog } from './pod-log.ts'
import { readList, readOne } from './read.ts'
import type { Verb } from './request-path.ts'
import { serveScale } from './scale.ts'
import { createOne, deleteMany, deleteOne, replaceOne } from './write.ts'

type ByVerb<Arguments extends readonly unknown[]> = Partial<Record<Verb, (call: Call, ...more: Arguments) => Answer>>

const ofObject: ByVerb<[name: string]> = { get: readOne, update: replaceOne, patch: patchOne, delete: deleteOne }
const ofStatus: ByVerb<[name: string]> = { get: readOne, update: replaceOne, patch: patchOne }
const ofCollection: ByVerb<[]> = { list: readList, create: createOne, deletecollection: deleteMany }

/** Answers any authorised request for a resource but a watch. */
export function answerCall(call: Call): Answer {
  const { kind, verb, name, namespace, subresource } = call
  if (name === undefined) {
    const isPlaceless = verb === 'create' && kind.namespaced && namespace === undefined
    return (isPlaceless ? undefined : ofCollection[verb]?.(call)) ?? failed(methodNotAllowed())
  }
  if (subresource === undefined) return ofObject[verb]?.(call, name) ?? failed(methodNotAllowed())
  if (subresource !== 'status') return answerSubresource(call, name, subresource)
  if (!kind.hasStatus) return failed(noSuchPath())
  return ofStatus[verb]?.(call, name) ?? failed(methodNotAllowed())
}

function answerSubresource(call: Call, name: string, subresource: string): Answer {
  const { kind, verb } = call
  if (subresource === 'scale' && kind.scale !== undefined)
    return ['get', 'update', 'patch'].includes(verb) ? serveScale(call, name, kind.scale) : failed(methodNotAllowed())
  if (storageKey(kind) !== '/pods') return failed(noSuchPath())
  if (subresource === 'log' && verb === 'get') return servePodLog(call, name)
  if (subresource === 'eviction' && verb === 'create') return evictPod(call, name)
  return failed(noSuchPath())
}
