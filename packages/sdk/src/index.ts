export type { CallOptions } from './call.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export type {
  Event,
  EventType,
  Fault,
  Input,
  ProblemCode,
  PublicStatus,
  Reply,
  Routes,
  UploadStatus
} from './contract.ts'
export type { Session } from './credential.ts'
export { ConnectionError, ProblemError } from './errors.ts'
export type { EventOptions, ReceivedEvent } from './events.ts'
