/** For people who write providers or automation: contract tests, in-memory providers and arbitraries. */
module dev.baculasync.testkit {
    requires transitive dev.baculasync.spi;
    requires transitive net.jqwik.api;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static org.jspecify;

    exports dev.baculasync.testkit;
}
