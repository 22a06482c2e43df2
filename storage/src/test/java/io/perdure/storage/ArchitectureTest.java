package io.perdure.storage;

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
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** What this module's packages may know of. */
@AnalyzeClasses(packages = "io.perdure.storage", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_NO_NETWORK = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.rocksdb..",
                    "com.google.protobuf..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "io.perdure.storage..");

    @ArchTest
    static final ArchRule ONLY_THE_ENGINE_KNOWS_ROCKSDB = noClasses()
            .that()
            .resideOutsideOfPackage("io.perdure.storage.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule THE_API_SHOWS_NOTHING_OF_WHAT_IS_BEHIND_IT = noClasses()
            .that()
            .resideInAPackage("io.perdure.storage")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.protobuf..", "org.rocksdb..", "io.perdure.storage.(*)..");

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NO_ROW = noClasses()
            .that()
            .resideInAPackage("io.perdure.storage.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.protobuf..");

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NO_MQTT = noClasses()
            .that()
            .resideInAPackage("io.perdure.storage.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.perdure.storage.format..", "io.perdure.storage.ledger..");

    @ArchTest
    static final ArchRule THE_LEDGER_HAS_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage("io.perdure.storage.ledger..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.time..");

    @ArchTest
    static final ArchRule THE_LEDGER_LEAVES_NOTHING_TO_CHANCE = noClasses()
            .that()
            .resideInAPackage("io.perdure.storage.ledger..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(RandomGenerator.class)
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(UUID.class, "randomUUID");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STATICS_ARE_FINAL = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("io.perdure.storage.format.proto..")
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    /** The API's package is one among the others; generated code belongs to the package that it is generated for. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName().replace(".proto", "");
            return name.startsWith("io.perdure.storage") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
