package io.perdure.storage;

/** What an acknowledgement survives. */
public enum Durability {
    /** The loss of power: the log is synced to the device before an acknowledgement leaves. */
    FSYNC,
    /** The death of the process: the log is with the operating system before an acknowledgement leaves. */
    OS
}
