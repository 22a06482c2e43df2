package io.perdure.tools;

import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code perdure version}. */
@Command(
        name = "version",
        description = "Print the versions of Perdure, Java, Netty and RocksDB.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        footer = {"", "Example:", "  perdure version"})
final class VersionCommand implements Runnable, IVersionProvider {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Arrays.stream(getVersion()).forEach(spec.commandLine().getOut()::println);
    }

    @Override
    public String[] getVersion() {
        Versions versions = Versions.read();
        return new String[] {
            "Perdure " + versions.perdure(),
            "Java    " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
            "Netty   " + versions.netty(),
            "RocksDB " + versions.rocksdb()
        };
    }
}
