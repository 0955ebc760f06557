import { spawn } from 'node:child_process'
import { buildIfStale } from './build.ts'

/** `npm start`: builds what is stale, then `argosy app` with the arguments after `--`. */
await buildIfStale()
const app = spawn(process.execPath, ['out/main/cli.js', 'app', ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal))
app.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
