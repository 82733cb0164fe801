package dev.baculasync.core;

import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;

/**
 * Is told how a run goes on. Methods about instances are called by the threads that handle them, several at a time for
 * different instances. A listener that throws does not disturb the run; the report's notes say that it did.
 */
public interface SyncListener {
    /** The run has begun. */
    default void runStarted(List<OpenStackInstance> instances) {}

    /** An instance is being asked for its VMs. */
    default void instanceStarted(OpenStackInstance instance) {}

    /** An instance has answered; told again when it was asked a second time. */
    default void discovered(OpenStackInstance instance, Discovery discovery) {}

    /** It is decided what to do about an instance. */
    default void planned(OpenStackInstance instance, InstancePlan plan) {}

    /** Jobs of an instance are being purged; told before each of them, and when all are done. */
    default void purging(OpenStackInstance instance, int done, int all) {}

    /** An instance is done. */
    default void instanceFinished(InstanceReport report) {}

    /** The files are in place and the Director is being told. */
    default void reloading() {}

    /** The run is over, and its report about to be handed over. */
    default void runFinished(SyncReport report) {}

    /** What the report has left to a person could not be forgotten, for this reason, and will be told once more. */
    default void notForgotten(String why) {}
}
