import { plainText } from './plain-text.ts'

/** Name of the isolated world in which the preload script runs. */
export const preloadWorld = 'argosy-preload'

/*
 * The two halves of a context bridge. They live in different worlds of one page, share its DOM and nothing else, and talk by
 * synchronous events whose `detail` Chromium clones between the worlds. Both functions are put into pages as source text.
 */

type Shape =
  | { readonly kind: 'function'; readonly id: number }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Shape])[] }
  | { readonly kind: 'value'; readonly value: unknown }

interface CallDetail {
  readonly id: number
  readonly callee: number
  readonly args: readonly unknown[]
}

interface ReturnDetail {
  readonly id: number
  readonly error?: string
  readonly promise?: boolean
  readonly shape?: Shape
}

/** In the page's own world: builds frozen proxies of what the preload script exposes. */
export function pageHalf(channel: string): void {
  const callbacks = new Map<number, (...args: unknown[]) => void>()
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let count = 0

  const wrap = (arg: unknown): unknown => {
    if (typeof arg !== 'function') return arg
    callbacks.set(++count, arg as (...args: unknown[]) => void)
    return { callback: count }
  }
  const build = (shape: Shape | undefined): unknown => {
    if (shape === undefined) return undefined
    if (shape.kind === 'function') return (...args: unknown[]) => call(shape.id, args)
    if (shape.kind === 'object')
      return Object.freeze(Object.fromEntries(shape.entries.map(([key, each]) => [key, build(each)])))
    return shape.value
  }
  const call = (callee: number, args: readonly unknown[]): unknown => {
    const id = ++count
    const got: { answer?: ReturnDetail } = {}
    const onReturn = (event: Event): void => {
      const detail = (event as CustomEvent<ReturnDetail>).detail
      if (detail.id === id) got.answer = detail
    }
    addEventListener(`${channel}-return`, onReturn)
    dispatchEvent(new CustomEvent(`${channel}-call`, { detail: { id, callee, args: args.map(wrap) } }))
    removeEventListener(`${channel}-return`, onReturn)
    const { answer } = got
    if (answer === undefined) throw new Error('The preload script is gone.')
    if (answer.error !== undefined) throw new Error(answer.error)
    if (answer.promise === true) return new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    return build(answer.shape)
  }
  addEventListener(`${channel}-settle`, (event) => {
    const { id, error, shape } = (event as CustomEvent<ReturnDetail>).detail
    const promise = pending.get(id)
    pending.delete(id)
    if (error === undefined) promise?.resolve(build(shape))
    else promise?.reject(new Error(error))
  })
  addEventListener(`${channel}-callback`, (event) => {
    const { id, args } = (event as CustomEvent<{ id: number; args: unknown[] }>).detail
    callbacks.get(id)?.(...args)
  })
  addEventListener(`${channel}-expose`, (event) => {
    const { name, shape } = (event as CustomEvent<{ name: string; shape: Shape }>).detail
    Object.defineProperty(globalThis, name, { value: build(shape), enumerable: true })
  })
}

interface PreloadGlobals {
  /** CDP binding: text to the main process. */
  argosyToMain(text: string): void
  /** Called by the main process with text. */
  argosyFromMain(text: string): void
}

type Preload = (require: (name: string) => unknown, module: { exports: unknown }, exports: unknown) => void

/** In the isolated world: gives the preload bundle its `require('electron')`. */
export function preloadHalf(channel: string, text: ReturnType<typeof plainText>, preload: Preload): void {
  const world = globalThis as unknown as PreloadGlobals
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>()
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let count = 0

  const shapeOf = (value: unknown): Shape => {
    if (typeof value === 'function') {
      functions.set(++count, value as (...args: unknown[]) => unknown)
      return { kind: 'function', id: count }
    }
    if (value !== null && typeof value === 'object' && Object.values(value).some((each) => typeof each === 'function'))
      return { kind: 'object', entries: Object.entries(value).map(([key, each]) => [key, shapeOf(each)] as const) }
    return { kind: 'value', value }
  }
  const unwrap = (arg: unknown): unknown => {
    const id = (arg as { callback?: number } | undefined)?.callback
    if (id === undefined) return arg
    return (...args: unknown[]) => dispatchEvent(new CustomEvent(`${channel}-callback`, { detail: { id, args } }))
  }
  const announce = (what: 'return' | 'settle', detail: ReturnDetail): void => {
    dispatchEvent(new CustomEvent(`${channel}-${what}`, { detail }))
  }
  const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

  addEventListener(`${channel}-call`, (event) => {
    const { id, callee, args } = (event as CustomEvent<CallDetail>).detail
    try {
      const result = functions.get(callee)?.(...args.map(unwrap))
      if (!(result instanceof Promise)) return announce('return', { id, shape: shapeOf(result) })
      announce('return', { id, promise: true })
      result.then(
        (value) => announce('settle', { id, shape: shapeOf(value) }),
        (error) => announce('settle', { id, error: textOf(error) }),
      )
    } catch (error) {
      announce('return', { id, error: textOf(error) })
    }
  })

  const post = (kind: 'invoke' | 'send', id: number, name: string, args: readonly unknown[]): void =>
    world.argosyToMain(JSON.stringify({ kind, id, name, args: text.encode(args) }))

  world.argosyFromMain = (message) => {
    const { id, name, data, error } = JSON.parse(message) as {
      id?: number
      name?: string
      data: string
      error?: string
    }
    if (name !== undefined) {
      for (const each of listeners.get(name) ?? []) each({}, ...(text.decode(data) as unknown[]))
      return
    }
    const promise = pending.get(id ?? 0)
    pending.delete(id ?? 0)
    if (error === undefined) promise?.resolve(text.decode(data))
    else promise?.reject(new Error(error))
  }

  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) =>
        dispatchEvent(new CustomEvent(`${channel}-expose`, { detail: { name, shape: shapeOf(api) } })),
    },
    ipcRenderer: {
      invoke: (name: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++count
          pending.set(id, { resolve, reject })
          post('invoke', id, name, args)
        }),
      send: (name: string, ...args: unknown[]) => post('send', ++count, name, args),
      on: (name: string, listener: (event: unknown, ...args: unknown[]) => void) =>
        listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    },
  }
  const module = { exports: {} }
  const require = (name: string): unknown => {
    if (name === 'electron') return electron
    throw new Error(`A sandboxed preload script cannot require ${name}.`)
  }
  preload(require, module, module.exports)
}

/** Source texts to run before any page script: one for the page's world, one for the preload's. */
export const pageSource = (channel: string): string => `(${pageHalf.toString()})(${JSON.stringify(channel)})`

export const preloadSource = (channel: string, preload: string): string =>
  `(${preloadHalf.toString()})(${JSON.stringify(channel)}, (${plainText.toString()})(), function (require, module, exports) {${preload}\n})`
