"""Tables: columns explored, our models beside other learners, forests, mistakes and reports."""
