package io.procpool.contract;

/** Java workers that are threads of one JVM. */
class JavaThreadsTest extends RuntimeContract {
    JavaThreadsTest() {
        super(Subject.javaThreads());
    }
}
