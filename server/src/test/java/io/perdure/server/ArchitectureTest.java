package io.perdure.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** What this module's packages may know of. */
@AnalyzeClasses(packages = "io.perdure.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_ONLY_WHAT_IT_BINDS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.netty..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "org.snakeyaml..",
                    "io.perdure.protocol..",
                    "io.perdure.storage..",
                    "io.perdure.server..");

    @ArchTest
    static final ArchRule ONLY_THE_FACADE_KNOWS_HOW_A_STORE_IS_OPENED = noClasses()
            .that()
            .resideOutsideOfPackage("io.perdure.server")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.perdure.storage.(*)..");

    @ArchTest
    static final ArchRule ONLY_THE_CONFIGURATION_KNOWS_YAML = noClasses()
            .that()
            .resideOutsideOfPackage("io.perdure.server.config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.snakeyaml..");

    @ArchTest
    static final ArchRule ROUTING_AND_CONFIGURATION_KNOW_NO_CHANNEL = noClasses()
            .that()
            .resideInAnyPackage("io.perdure.server.routing..", "io.perdure.server.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "io.perdure.server.connection..", "io.perdure.server.transport..");

    @ArchTest
    static final ArchRule ONLY_THE_TRANSPORT_KNOWS_CHANNELS = noClasses()
            .that()
            .resideOutsideOfPackage("io.perdure.server.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.channel..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STATICS_ARE_FINAL =
            fields().that().areStatic().should().beFinal().allowEmptyShould(true);

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule A_LIBRARY_DOES_NOT_END_THE_PROCESS = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    /** The facade's package is one among the others. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return name.startsWith("io.perdure.server") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
