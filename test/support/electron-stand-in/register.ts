import { registerHooks } from 'node:module'

/** `node --import` this: makes `electron` mean the stand-in, and the process look like Electron's main process. */
const standIn = new URL('./electron.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
})
Object.defineProperty(process, 'type', { value: 'browser' })
Object.defineProperty(process.versions, 'electron', { value: '45.0.0-stand-in', enumerable: true })
