/** The whole service, started for a test: in this JVM, or as a process of its own where it has to be killed. */
@NullMarked
package io.procpool.service;

import org.jspecify.annotations.NullMarked;
