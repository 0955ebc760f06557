import { storageKey } from '../registry/kinds.ts'
import { methodNotAllowed, noSuchPath } from '../registry/status.ts'
import { type Answer, failed } from './answer.ts'
import type { Call } from './call.ts'
import { evictPod } from './eviction.ts'
import { patchOne } from './patch.ts'
import { servePodLog } from './pod-log.ts'
import { readList, readOne } from './read.ts'
import { serveScale } from './scale.ts'
import { createOne, deleteMany, deleteOne, replaceOne } from './write.ts'

/** Answers any authorised request for a resource but a watch. */
export function answerCall(call: Call): Answer {
  const { verb, name, subresource } = call
  if (name === undefined) return answerCollection(call)
  if (subresource !== undefined && subresource !== 'status') return answerSubresource(call, name, subresource)
  if (subresource === 'status' && !call.kind.hasStatus) return failed(noSuchPath())
  switch (verb) {
    case 'get':
      return readOne(call, name)
    case 'update':
      return replaceOne(call, name)
    case 'patch':
      return patchOne(call, name)
    case 'delete':
      return subresource === undefined ? deleteOne(call, name) : failed(methodNotAllowed())
    default:
      return failed(methodNotAllowed())
  }
}

function answerCollection(call: Call): Answer {
  switch (call.verb) {
    case 'list':
      return readList(call)
    case 'create':
      return call.kind.namespaced && call.namespace === undefined ? failed(methodNotAllowed()) : createOne(call)
    case 'deletecollection':
      return deleteMany(call)
    default:
      return failed(methodNotAllowed())
  }
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
