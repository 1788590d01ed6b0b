"""Pictures that no camera took, drawn by chance: screens, papers, memes and drawings, to train and to measure with."""
