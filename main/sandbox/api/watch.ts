import type { ServerResponse } from 'node:http'
import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import type { Dispose } from '#lib/clock.ts'
import type { Outcome } from '#lib/outcome.ts'
import { expired, refuse, status, unreadableVersion } from '../registry/status.ts'
import { failed, jsonOf, send } from './answer.ts'
import type { Call } from './call.ts'
import { metadataOf, tableOf } from './representation.ts'
import { isTrue } from './request-path.ts'
import { parseSelection, type Selection } from './selection.ts'
import type { Recorded } from './watch-history.ts'

const bookmarkEveryMs = 60_000
const defaultTimeoutSeconds = 1800
const maxTimeoutSeconds = 3600
/** A client that leaves this much unread is cut off, as upstream does. */
const maxUnreadBytes = 16 * 1024 * 1024

/**
 * Answers a watch until it times out, the client leaves, or `end` is called. `onEnd` is called once.
 * @returns what ends it, without a last word.
 */
export function serveWatch(call: Call, response: ServerResponse, onEnd: () => void): Dispose {
  const selection = selectionOf(call)
  if (!selection.ok) {
    send(response, failed(selection.error))
    onEnd()
    return () => undefined
  }
  const watch = new Watch(call, response, selection.value, onEnd)
  watch.begin()
  return () => watch.end()
}

function selectionOf(call: Call): Outcome<Selection, Status> {
  const from = call.query.get('resourceVersion') ?? ''
  if (!/^\d*$/.test(from)) return refuse(status(500, '', unreadableVersion(from)))
  return parseSelection(call.kind, call.namespace, byName(call))
}

/** A watch of a single object is a watch of the collection with a field selector. */
function byName({ name, query }: Call): URLSearchParams {
  if (name === undefined) return query
  const narrowed = new URLSearchParams(query)
  narrowed.set('fieldSelector', `metadata.name=${name}`)
  return narrowed
}

class Watch {
  readonly #call: Call
  readonly #response: ServerResponse
  readonly #selection: Selection
  readonly #onEnd: () => void
  #disposers: Dispose[] = []
  #columnsSent = false
  #ended = false

  constructor(call: Call, response: ServerResponse, selection: Selection, onEnd: () => void) {
    this.#call = call
    this.#response = response
    this.#selection = selection
    this.#onEnd = onEnd
  }

  begin(): void {
    const { kind, query, store, history, clock } = this.#call
    this.#response.on('close', () => this.end())
    this.#response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' })
    this.#response.flushHeaders()
    const wanted = query.get('resourceVersion') ?? ''
    const from = Number(wanted)
    const fromNow = wanted === '' || from === 0 || isTrue(query.get('sendInitialEvents'))
    if (!fromNow && !(history.isTooOld(kind, from) === false)) {
      this.#write({
        type: 'ERROR',
        object: failed(expired(`too old resource version: ${wanted} (${history.floor})`)).body,
      })
      this.end()
      return
    }
    if (fromNow) this.#sendPresent(store.list(kind, this.#call.namespace))
    else for (const recorded of history.since(kind, from)) this.#deliver(recorded)
    if (isTrue(query.get('sendInitialEvents'))) this.#bookmark({ 'k8s.io/initial-events-end': 'true' })
    if (this.#ended) return
    this.#disposers.push(history.follow(kind, (recorded) => this.#deliver(recorded)))
    if (isTrue(query.get('allowWatchBookmarks'))) this.#bookmarkLater()
    const seconds = Number(query.get('timeoutSeconds') ?? 0) || defaultTimeoutSeconds
    this.#disposers.push(clock.after(Math.min(seconds, maxTimeoutSeconds) * 1000, () => this.#timeOut()))
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const dispose of this.#disposers) dispose()
    this.#disposers = []
    this.#response.end()
    this.#onEnd()
  }

  #timeOut(): void {
    if (isTrue(this.#call.query.get('allowWatchBookmarks'))) this.#bookmark()
    this.end()
  }

  #bookmarkLater(): void {
    const dispose = this.#call.clock.after(bookmarkEveryMs, () => {
      this.#disposers = this.#disposers.filter((each) => each !== dispose)
      this.#bookmark()
      this.#bookmarkLater()
    })
    this.#disposers.push(dispose)
  }

  #bookmark(annotations?: Readonly<Record<string, string>>): void {
    const { kind, store, representation } = this.#call
    const metadata = {
      resourceVersion: String(store.revision),
      creationTimestamp: null,
      ...(annotations && { annotations }),
    }
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }
    if (representation === 'object') this.#write({ type: 'BOOKMARK', object })
    else this.#write({ type: 'BOOKMARK', object: this.#represent(object as unknown as KubeObject) })
  }

  #sendPresent(objects: readonly KubeObject[]): void {
    for (const object of objects) if (this.#selection.matches(object)) this.#send('ADDED', object)
  }

  /** What a change is to this watcher: an object may enter or leave its selection by being modified. */
  #deliver({ change }: Recorded): void {
    const { type, previous } = change
    const object = this.#inVersion(change.object)
    const matches = this.#selection.matches(object)
    const matched = previous !== undefined && this.#selection.matches(this.#inVersion(previous))
    if (type === 'DELETED') {
      if (matched || matches) this.#send('DELETED', object)
    } else if (matches) this.#send(matched ? 'MODIFIED' : 'ADDED', object)
    else if (matched) this.#send('DELETED', object)
  }

  #inVersion(object: KubeObject): KubeObject {
    const apiVersion = apiVersionOf(this.#call.kind)
    return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
  }

  #send(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    if (this.#call.representation === 'object') this.#writeText(`{"type":"${type}","object":${jsonOf(object)}}\n`)
    else this.#write({ type, object: this.#represent(object) })
  }

  #represent(object: KubeObject): unknown {
    const { kind, representation, query, clock } = this.#call
    if (representation === 'metadata') return metadataOf(object)
    const withColumns = !this.#columnsSent
    this.#columnsSent = true
    const includeObject = query.get('includeObject') ?? 'Metadata'
    const resourceVersion = object.metadata.resourceVersion ?? ''
    return tableOf(kind, [object], { resourceVersion }, { includeObject, withColumns, now: clock.now() })
  }

  #write(event: { readonly type: string; readonly object: unknown }): void {
    this.#writeText(`${JSON.stringify(event)}\n`)
  }

  #writeText(text: string): void {
    if (this.#ended) return
    this.#response.write(text)
    if (this.#response.writableLength > maxUnreadBytes) this.#response.destroy()
  }
}
