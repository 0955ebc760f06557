export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * Where facts about the running program go, one line each. `message` is a short constant phrase; what varies is in `fields`,
 * so that lines can be searched. Never a token, a secret value or a whole object.
 */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void

export const silentLog: Log = () => undefined
