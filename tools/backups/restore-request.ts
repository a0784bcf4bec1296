/** Which state of the data to restore. */
export interface RestoreRequest {
  /** A time as `readRestoreTime` returns it; the latest state when absent. */
  readonly at?: string;
  /** SCRAM verifier that the superuser gets: the restored data may have another password. */
  readonly verifier: string;
}
