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
export { ConnectionError, ProblemError, SourceError } from './errors.ts'
export type { EventOptions, ReceivedEvent } from './events.ts'
export type { Connectivity } from './upload/control.ts'
export type { UploadDescription } from './upload/description.ts'
export { type FileFacts, factsOf } from './upload/identity.ts'
export type { Progress, UploadState } from './upload/progress.ts'
export type { PieceRequest, PieceResponse, Send } from './upload/send.ts'
export { browserStore, type ListedStore, memoryStore, type UploadRecord, type UploadStore } from './upload/store.ts'
export type { UploadHandle, UploadOptions } from './upload/upload.ts'
