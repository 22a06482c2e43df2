package io.perdure.storage;

import java.util.concurrent.Executor;

/** Runs tasks one after the other, in the order given: an event loop. Two links on one loop return the same object. */
public interface Lane extends Executor {}
