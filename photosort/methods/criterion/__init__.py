"""IC|TC: photos sorted by what the user has in mind (Kwon et al., "Image Clustering Conditioned on Text Criteria")."""
